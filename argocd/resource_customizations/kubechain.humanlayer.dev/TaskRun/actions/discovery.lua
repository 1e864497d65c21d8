local phase = (obj.status or {}).phase
local over = phase == "FinalAnswer" or phase == "Failed" or phase == "Cancelled"
local delegated = obj.spec.taskRunToolCallRef ~= nil
local suspended = obj.spec.suspend == true
local actions = {}
actions["cancel"] = {
  ["disabled"] = over or obj.spec.cancel == true,
  ["iconClass"] = "fa fa-fw fa-stop",
  ["displayName"] = "Cancel"
}
-- Who waited for the answer of a delegated run has gone on without it.
actions["retry"] = {
  ["disabled"] = delegated or not (phase == "Failed" or phase == "Cancelled"),
  ["iconClass"] = "fa fa-fw fa-redo",
  ["displayName"] = "Retry"
}
actions["suspend"] = {
  ["disabled"] = over or suspended,
  ["iconClass"] = "fa fa-fw fa-pause",
  ["displayName"] = "Suspend"
}
actions["resume"] = {
  ["disabled"] = over or not suspended,
  ["iconClass"] = "fa fa-fw fa-play-circle",
  ["displayName"] = "Resume"
}
return actions
