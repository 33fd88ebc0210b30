{#- Rows whose value is larger than its bound. -#}
{% test jobinsight_at_most(model, column, bound) %}
select * from {{ model }} where {{ column }} > {{ bound }}
{% endtest %}
