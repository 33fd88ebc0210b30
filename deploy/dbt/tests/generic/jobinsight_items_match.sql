{#- Items of a list that do not match a regular expression. -#}
{% test jobinsight_items_match(model, column_name, form) %}
select item from {{ model }} t, unnest(t.{{ column_name }}) as items (item) where item is null or item !~ '{{ form }}'
{% endtest %}
