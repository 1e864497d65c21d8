-- Generated from argocd/health/table.ts: change it there.
local status = obj.status or {}
local spec = obj.spec or {}
local function condition(name)
  for _, each in ipairs(status.conditions or {}) do
    if each.type == name then return each end
  end
  return {}
end
local function text(...)
  for i = 1, select("#", ...) do
    local each = select(i, ...)
    if type(each) == "string" and each ~= "" then return each end
  end
end
if spec.suspend == true then
  return { status = "Suspended", message = "Suspended: nothing is started until spec.suspend is false" }
end
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator to look at the latest change" }
end
if condition("Ready").status == "True" and condition("Ready").reason == "AwaitingHuman" then
  return { status = "Suspended", message = text(status.statusDetail, "Waiting for a human") }
end
if condition("Ready").status == "False" and condition("Ready").reason == "TaskRunCancelled" then
  return { status = "Suspended", message = text(status.statusDetail, "The run was cancelled") }
end
if status.ready == true then
  return { status = "Healthy", message = text(status.statusDetail, "Ready") }
end
if status.status == "Error" then
  return { status = "Degraded", message = text(status.statusDetail, "Not ready") }
end
return { status = "Progressing", message = text(status.statusDetail, "Pending") }
