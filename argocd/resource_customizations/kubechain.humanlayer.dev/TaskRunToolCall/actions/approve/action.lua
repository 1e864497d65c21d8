-- A request like anybody's: the webhook signs it with the name of who asks, which is Argo CD's ServiceAccount, and refuses it where the
-- policies want a person (the default: approval.allowServiceAccounts is false).
local approval = (obj.status or {}).approval or {}
if approval.argumentsDigest == nil then
  error("the call does not wait for an approval", 0)
end
return {
  {
    operation = "create",
    resource = {
      apiVersion = obj.apiVersion,
      kind = "Approval",
      metadata = {
        generateName = obj.metadata.name .. "-argocd-",
        namespace = obj.metadata.namespace,
        ownerReferences = {
          { apiVersion = obj.apiVersion, kind = obj.kind, name = obj.metadata.name, uid = obj.metadata.uid }
        }
      },
      spec = {
        toolCallRef = { name = obj.metadata.name },
        decision = "Approve",
        argumentsDigest = approval.argumentsDigest,
        reason = "Approved in Argo CD: its audit log and an event on this tool call say by whom"
      }
    }
  }
}
