/**
 * In place of the default credential chain. The client that would ask it has a stand-in too, but what the chain imports
 * dynamically would still be kept.
 */
export const defaultProvider = (): never => {
  throw new Error("the default credential chain is not part of this bundle");
};
