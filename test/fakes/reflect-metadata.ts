/*
 * The dependency injection below @peculiar/x509 asks for the Reflect metadata API when it is loaded, and reads only
 * constructor metadata that its own classes do not have. Import this module before it.
 */
Object.assign(Reflect, {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  hasMetadata: () => false,
  hasOwnMetadata: () => false,
  defineMetadata: () => undefined,
});
