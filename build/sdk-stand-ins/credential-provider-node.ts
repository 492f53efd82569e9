/** In place of the default credential chain: a request of ours is unsigned, or signed with credentials that it is given. */
export const defaultProvider = () => async (): Promise<never> => {
  throw new Error("no credentials were given to sign this request with");
};
