local reason = (actionParams or {})["reason"]
if reason == nil or reason == "" then
  reason = "Rejected in Argo CD: its audit log and an event on this tool call say by whom"
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
        decision = "Reject",
        reason = reason
      }
    }
  }
}
