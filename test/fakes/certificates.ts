import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { ServerCertificate } from "../../stand-ins/http-listener.ts";

/** When a certificate is valid: from an hour ago for a day, unless given. */
export interface Validity {
  readonly notBefore?: Date | undefined;
  readonly notAfter?: Date | undefined;
}

export interface AuthorityOptions extends Validity {
  readonly commonName?: string;
}

/** Names that a server certificate is for; one without any fits no host. */
export interface LeafOptions extends Validity {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

/** A certificate authority made for one run. */
export interface Authority {
  readonly certificatePem: string;
  /** The same certificate for the same names. */
  issue(options?: LeafOptions): Promise<ServerCertificate>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const HOUR_MS = 3_600_000;

function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function validity({ notBefore, notAfter }: Validity) {
  const now = Date.now();
  return {
    notBefore: notBefore ?? new Date(now - HOUR_MS),
    notAfter: notAfter ?? new Date(now + 24 * HOUR_MS),
  };
}

function namesOf({ dnsNames = [], ipAddresses = [] }: LeafOptions): JsonGeneralName[] {
  return [
    ...dnsNames.map((value) => ({ type: "dns", value }) as const),
    ...ipAddresses.map((value) => ({ type: "ip", value }) as const),
  ];
}

/** Makes a certificate authority; its certificates are throw-away, so nothing is ever committed. */
export async function createAuthority(options: AuthorityOptions = {}): Promise<Authority> {
  const name = `CN=${options.commonName ?? "Throw-away CA"}`;
  const keys = await createKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    ...validity(options),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  const issued = new Map<string, Promise<ServerCertificate>>();
  function issue(leaf: LeafOptions = {}): Promise<ServerCertificate> {
    const names = JSON.stringify(leaf);
    const certificate = issued.get(names) ?? create(leaf);
    issued.set(names, certificate);
    return certificate;
  }

  async function create(leaf: LeafOptions): Promise<ServerCertificate> {
    const leafKeys = await createKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${leaf.dnsNames?.[0] ?? leaf.ipAddresses?.[0] ?? "nobody"}`,
      issuer: name,
      publicKey: leafKeys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      ...validity(leaf),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(namesOf(leaf)),
        await AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const key = await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey);
    return { certificatePem: certificate.toString("pem"), keyPem: PemConverter.encode(key, "PRIVATE KEY") };
  }

  return { certificatePem: authority.toString("pem"), issue };
}
