export { APPROVAL_KEY_FIELD, APPROVAL_KEY_SECRET } from '../policies/approvals/index.ts';
export { createIdentities, DEFAULT_OPERATOR, type Identities, type IdentityOptions } from './admission/identities.ts';
export {
  CONFIGURATION_NAME,
  type Configuration,
  type ConfigurationOptions,
  type Reach,
  webhookConfigurations,
} from './configurations.ts';
export { EXCEPT_VERB } from './kinds/agentpolicyexception.ts';
export { APPROVALS_RESOURCE } from './kinds/approval.ts';
export { createWebhookMetrics, type RegisteredMetrics } from './metrics.ts';
export { mutatingConfigurations, validatingConfigurations } from './resources.ts';
export { type CertificateChoice, createWebhook, type Webhook, type WebhookOptions } from './webhook.ts';
