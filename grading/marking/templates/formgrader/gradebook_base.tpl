{#- nbgrader's page of this name, with a link to the page for marking beside its own. -#}
{%- extends "nbgrader/gradebook_base.tpl" -%}
{%- block sidebar -%}
{{ super() }}
{% include "marking_link.tpl" %}
{%- endblock -%}
