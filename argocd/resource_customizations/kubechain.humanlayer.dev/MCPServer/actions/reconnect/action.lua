-- Whenever the value changes, the operator connects anew. Git does not carry the annotation.
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["kubechain.humanlayer.dev/reconnect"] = "after " .. obj.metadata.resourceVersion
return obj
