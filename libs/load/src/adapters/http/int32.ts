/** Gateways decode counts and lengths as int32, and one overflow would fail their whole query. */
export const maxInt32 = 2_147_483_647;
