/** How Argo CD marks what is its own. */
export const TRACKING_METHODS = ['annotation', 'annotation+label', 'label'] as const;
