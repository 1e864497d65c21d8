/** What the tables of this folder share. */

export const rbacVersion = 'rbac.authorization.k8s.io/v1';
