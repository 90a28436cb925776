<li role="presentation"><a href="{{ base_url }}/marking
{%- if assignment_id %}/{{ assignment_id | urlencode }}{% endif %}">One Question at a Time</a></li>
