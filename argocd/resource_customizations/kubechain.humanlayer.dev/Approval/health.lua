-- Generated from argocd/health/table.ts: change it there.
local status = obj.status or {}
local spec = obj.spec or {}
local function text(...)
  for i = 1, select("#", ...) do
    local each = select(i, ...)
    if type(each) == "string" and each ~= "" then return each end
  end
end
if status.counted == true then
  return { status = "Healthy", message = text(status.statusDetail, "It counts") }
end
if status.counted == false then
  return { status = "Degraded", message = text(status.statusDetail, "It does not count") }
end
return { status = "Progressing", message = text(status.statusDetail, "Waiting for the operator to look at it") }
