/** A closed group of AWS Regions with its own IAM: federation and roles do not work across partitions. */
export interface Partition {
  readonly name: string;
  /** The Region whose STS serves the partition when none is chosen. */
  readonly defaultRegion: string;
  readonly regions: readonly string[];
  /** Host of the AWS console; absent if it is not publicly documented. */
  readonly consoleHost?: string;
}

/** The partition that most accounts are in. */
export const COMMERCIAL: Partition = {
  name: "aws",
  defaultRegion: "us-east-1",
  regions: names(
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2",
    "ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7",
    "ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2",
    "eu-west-3 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1",
    "us-east-2 us-west-1 us-west-2",
  ),
  consoleHost: "console.aws.amazon.com",
};

/** The partitions and Regions of the bundled AWS SDK; a test keeps the two equal. */
export const PARTITIONS: readonly Partition[] = [
  COMMERCIAL,
  {
    name: "aws-cn",
    defaultRegion: "cn-northwest-1",
    regions: ["cn-north-1", "cn-northwest-1"],
    consoleHost: "console.amazonaws.cn",
  },
  { name: "aws-eusc", defaultRegion: "eusc-de-east-1", regions: ["eusc-de-east-1"] },
  { name: "aws-iso", defaultRegion: "us-iso-east-1", regions: ["us-iso-east-1", "us-iso-west-1"] },
  { name: "aws-iso-b", defaultRegion: "us-isob-east-1", regions: ["us-isob-east-1", "us-isob-west-1"] },
  { name: "aws-iso-e", defaultRegion: "eu-isoe-west-1", regions: ["eu-isoe-west-1"] },
  { name: "aws-iso-f", defaultRegion: "us-isof-south-1", regions: ["us-isof-east-1", "us-isof-south-1"] },
  {
    name: "aws-us-gov",
    defaultRegion: "us-gov-west-1",
    regions: ["us-gov-east-1", "us-gov-west-1"],
    consoleHost: "console.amazonaws-us-gov.com",
  },
];

/** The partition with this name, as in an ARN. */
export function findPartition(name: string): Partition | undefined {
  return PARTITIONS.find((partition) => partition.name === name);
}

/** The partition that a Region belongs to. */
export function partitionOfRegion(region: string): Partition | undefined {
  return PARTITIONS.find((partition) => partition.regions.includes(region));
}

function names(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(" "));
}
