-- Git does not set the field, so a sync leaves it as it is.
obj.spec.suspend = true
return obj
