"""The blueprint that all pages of the console belong to."""

from flask import Blueprint

console = Blueprint("console", __name__, template_folder="templates")
