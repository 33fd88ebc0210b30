{#- Rows whose value does not match a regular expression. NULL is allowed. -#}
{% test jobinsight_matches(model, column_name, form) %}
select * from {{ model }} where {{ column_name }} !~ '{{ form }}'
{% endtest %}
