local actions = {}
actions["reconnect"] = {
  ["iconClass"] = "fa fa-fw fa-plug",
  ["displayName"] = "Reconnect"
}
return actions
