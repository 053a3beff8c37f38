"""What gunicorn loads: `gateway.wsgi:application`."""

from chassis.core import logs
from gateway.app import create_app
from gateway.config import read

config = read()
logs.configure("gateway", config.log_level)
application = create_app(config)
