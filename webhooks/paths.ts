/** Paths of the webhooks: what the server serves and the configurations register. */
export const PATHS = { mutate: '/mutate', validate: '/validate' } as const;
