/** In place of the codec of event streams, of which STS has none. */
export class EventStreamSerde {
  constructor() {
    throw new Error("event streams are not part of this bundle");
  }
}

export const eventStreamSerdeProvider = (): undefined => undefined;
