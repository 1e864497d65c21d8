-- Generated from argocd/health/table.ts: change it there.
local status = obj.status or {}
local spec = obj.spec or {}
local function text(...)
  for i = 1, select("#", ...) do
    local each = select(i, ...)
    if type(each) == "string" and each ~= "" then return each end
  end
end
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator to look at the latest change" }
end
if (status.state == "Active" or status.state == "Unneeded") then
  return { status = "Healthy", message = text(status.statusDetail, "In force") }
end
if status.state == "Expired" then
  return { status = "Suspended", message = text(status.statusDetail, "Expired: it counts for nothing") }
end
if status.state == "Ignored" then
  return { status = "Degraded", message = text(status.statusDetail, "It counts for nothing") }
end
return { status = "Progressing", message = text(status.statusDetail, "Pending") }
