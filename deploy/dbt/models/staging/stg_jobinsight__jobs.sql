{#- Replaces what was published since the newest row of the copy, minus an overlap, and deletes what is gone. The overlap is
    necessary, because transactions do not commit in the order in which they begin: see docs/reading-staging.md. -#}
{{ config(
    materialized = 'incremental',
    incremental_strategy = 'delete+insert',
    unique_key = 'job_id',
    on_schema_change = 'append_new_columns',
    indexes = [{'columns': ['job_id'], 'unique': true}, {'columns': ['published_at']}],
    post_hook = "delete from {{ this }} copy
                 where not exists (select from {{ source('jobinsight', 'staging_jobs') }} s where s.job_id = copy.job_id)",
) }}

{#- A run changes these columns without a new published_at, so they would be out of date here. -#}
{%- set unnoticed = ['processed_to_dwh', 'time_remaining'] -%}
{%- set staging = source('jobinsight', 'staging_jobs') -%}
{%- set columns = adapter.get_columns_in_relation(staging) | rejectattr('name', 'in', unnoticed) | map(attribute = 'quoted') -%}

select {{ columns | join(', ') }}
  from {{ staging }}
{%- if is_incremental() %}
 where published_at > (select coalesce(max(published_at), '-infinity') from {{ this }})
                      - interval '{{ var("jobinsight_overlap", "1 hour") }}'
{%- endif %}
