-- One more run of the Task. It belongs to the Task, so it is shown below it and goes with it.
local run = {
  apiVersion = obj.apiVersion,
  kind = "TaskRun",
  metadata = {
    generateName = obj.metadata.name .. "-manual-",
    namespace = obj.metadata.namespace,
    annotations = { ["argocd.argoproj.io/ignore-resource-updates"] = "true" },
    ownerReferences = {
      {
        apiVersion = obj.apiVersion,
        kind = obj.kind,
        name = obj.metadata.name,
        uid = obj.metadata.uid,
        controller = true,
        blockOwnerDeletion = true
      }
    }
  },
  spec = { taskRef = { name = obj.metadata.name } }
}
if obj.spec.ttlSecondsAfterFinished ~= nil then
  run.spec.ttlSecondsAfterFinished = obj.spec.ttlSecondsAfterFinished
end
return { { operation = "create", resource = run } }
