-- What has run stays as it is: a retry is another run of the same Task, beside it.
local run = {
  apiVersion = obj.apiVersion,
  kind = obj.kind,
  metadata = {
    generateName = obj.metadata.name .. "-retry-",
    namespace = obj.metadata.namespace,
    annotations = { ["argocd.argoproj.io/ignore-resource-updates"] = "true" }
  },
  spec = { taskRef = { name = obj.spec.taskRef.name } }
}
if obj.metadata.ownerReferences ~= nil then
  run.metadata.ownerReferences = obj.metadata.ownerReferences
end
if obj.spec.agentRef ~= nil then
  run.spec.agentRef = { name = obj.spec.agentRef.name }
end
if obj.spec.ttlSecondsAfterFinished ~= nil then
  run.spec.ttlSecondsAfterFinished = obj.spec.ttlSecondsAfterFinished
end
if obj.spec.activeDeadlineSeconds ~= nil then
  run.spec.activeDeadlineSeconds = obj.spec.activeDeadlineSeconds
end
return { { operation = "create", resource = run } }
