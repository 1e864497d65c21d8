/** What the tables of this folder share. */

export const widgetRule = {
  operations: ['*'],
  apiGroups: ['conformance.example.com'],
  apiVersions: ['v1'],
  resources: ['widgets', 'widgets/*'],
};
