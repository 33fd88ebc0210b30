{#- Items of a list that are not one of the values. -#}
{% test jobinsight_items_in(model, column_name, values) %}
select item from {{ model }} t, unnest(t.{{ column_name }}) as items (item)
 where item is null or item not in ({% for value in values %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %})
{% endtest %}
