local suspended = obj.spec.suspend == true
local actions = {}
actions["run-now"] = {
  ["disabled"] = suspended,
  ["iconClass"] = "fa fa-fw fa-play",
  ["displayName"] = "Run now"
}
actions["suspend"] = {
  ["disabled"] = suspended,
  ["iconClass"] = "fa fa-fw fa-pause",
  ["displayName"] = "Suspend"
}
actions["resume"] = {
  ["disabled"] = not suspended,
  ["iconClass"] = "fa fa-fw fa-play-circle",
  ["displayName"] = "Resume"
}
return actions
