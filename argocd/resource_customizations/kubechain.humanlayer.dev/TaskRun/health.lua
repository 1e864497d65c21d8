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
if status.phase == "FinalAnswer" then
  return { status = "Healthy", message = text(status.statusDetail, "The run has ended") }
end
if status.phase == "Failed" then
  return { status = "Degraded", message = text(status.error, status.statusDetail, "The run failed") }
end
if status.phase == "Cancelled" then
  return { status = "Degraded", message = text(status.statusDetail, "The run was cancelled") }
end
if spec.cancel == true then
  return { status = "Progressing", message = "Ending the run" }
end
if spec.suspend == true then
  return { status = "Suspended", message = "Suspended by spec.suspend" }
end
if condition("AwaitingHuman").status == "True" then
  return { status = "Suspended", message = text(status.statusDetail, "Waiting for a human") }
end
if status.phase == "Pending" and status.status == "Error" then
  return { status = "Degraded", message = text(status.statusDetail, "The run cannot begin") }
end
return { status = "Progressing", message = text(status.statusDetail, "Pending") }
