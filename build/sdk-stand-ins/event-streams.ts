/**
 * In place of the codec of event streams, of which STS has none. The protocol that would load it has a stand-in too, but
 * what both share would come apart from the rest.
 */
export {};
