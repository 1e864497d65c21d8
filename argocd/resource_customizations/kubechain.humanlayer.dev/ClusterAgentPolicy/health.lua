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
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator to look at the latest change" }
end
if condition("Ready").status == "True" then
  return { status = "Healthy", message = text(condition("Ready").message, "The policy is in force") }
end
if condition("Ready").status == "False" then
  return { status = "Degraded", message = text(condition("Ready").message, "The policy is broken") }
end
return { status = "Progressing", message = "Waiting for the policy to be compiled" }
