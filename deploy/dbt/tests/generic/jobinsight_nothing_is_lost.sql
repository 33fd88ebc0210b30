{#- Postings that the copy must have, because they were published before its newest row minus the overlap, and that it does not
    have, or has as they were before. A transaction that wrote to staging for longer than the overlap may have published them. -#}
{% test jobinsight_nothing_is_lost(model) %}
select s.job_id
  from {{ source('jobinsight', 'staging_jobs') }} s left join {{ model }} copy on copy.job_id = s.job_id
 where s.published_at <= (select max(published_at) from {{ model }}) - interval '{{ var("jobinsight_overlap", "1 hour") }}'
   and copy.published_at is distinct from s.published_at
{% endtest %}
