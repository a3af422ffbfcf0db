"""Where SQL runs. Tables are partitioned by (municipality_code, night); `replace` is the only writer."""
