-- Generated from argocd/health/table.ts: change it there.
local status = obj.status or {}
local spec = obj.spec or {}
local function text(...)
  for i = 1, select("#", ...) do
    local each = select(i, ...)
    if type(each) == "string" and each ~= "" then return each end
  end
end
if status.phase == "Succeeded" then
  return { status = "Healthy", message = text(status.statusDetail, "The call succeeded") }
end
if (status.phase == "Failed" or status.phase == "OutcomeUnknown" or status.phase == "Cancelled") then
  return { status = "Degraded", message = text(status.error, status.statusDetail, "The call failed") }
end
if (status.status == "AwaitingHumanApproval" or status.status == "AwaitingHumanInput") then
  return { status = "Suspended", message = text(status.statusDetail, "Waiting for a human") }
end
if (status.status == "Error" or status.status == "ErrorRequestingHumanApproval" or status.status == "ToolCallRejected") then
  return { status = "Degraded", message = text(status.error, status.statusDetail, "The call failed") }
end
return { status = "Progressing", message = text(status.statusDetail, "Pending") }
