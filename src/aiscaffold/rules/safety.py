"""SEC103: what was downloaded or uploaded is not loaded in a way that runs code."""

import re

from aiscaffold.evidence import Evidence, at
from aiscaffold.foreign_imports import unread_code
from aiscaffold.module import Call, Function, Module
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    LLM_APP,
    REPRODUCTION,
    SERVICE,
    SHOULD,
    Outcome,
    damaged,
    failed,
    passed,
    rule,
    unknown,
    without_object,
)

SHOWN = 5
LOADS = regex(
    r"^(?:c?pickle|_pickle|dill|cloudpickle|joblib|torch|yaml|numpy|pandas|marshal|shelve|jsonpickle|"
    r"sklearn\.externals\.joblib|"
    r"torch\.hub|compress_pickle|klepto)\.(?:load|loads|load_all|unsafe_load|full_load|read_pickle|open|"
    r"decode|load_state_dict_from_url|Unpickler)$"
)
SAFE_LOADERS = regex(r"(?:C?Safe|Base)Loader")
TRUSTS = regex(r"from_pretrained$|load_dataset$|hub\.load$|pipeline$|SentenceTransformer$|AutoModel\w*$")
DOWNLOADS = regex(
    r"^(?:requests\.(?:get|post|Session|request)|httpx\.(?:get|stream|Client)|urllib\.request\.(?:urlopen|"
    r"urlretrieve)|urllib2?\.(?:urlopen|urlretrieve)|"
    r"wget\.download|gdown\.\w+|(?:huggingface_hub\.)?(?:hf_hub_download|snapshot_download|hf_hub_url)|"
    r"torch\.hub\.(?:download_url_to_file|load_state_dict_from_url)|"
    r"torchvision\.datasets\.utils\.download\w*|pooch\.retrieve|fsspec\.open|smart_open\.open|"
    r"tensorflow\.keras\.utils\.get_file)$|"
    r"\.(?:download_file|download_fileobj|download_to_filename|download_blob|download_as_string|"
    r"download_as_bytes|get_object|urlretrieve|urlopen)$"
)
UPLOADS = regex(r"(?:^|\.)(?:file_uploader|UploadFile)$|request\.files|st\.sidebar\.file_uploader")


@rule(
    "SEC103",
    "safe-loading",
    "Downloaded data is loaded safely",
    item="reliable",
    level=SHOULD,
    kinds=frozenset({SERVICE, LLM_APP, REPRODUCTION}),
    fix="Load at {path} line {line} with a format that holds only data: safetensors, `weights_only=True`, ONNX, "
    "`yaml.safe_load`.",
    expected="pickles come from this project only; what is fetched is data, or its hash is checked",
    minutes=30,
    bad={
        "app/model.py": "import pickle\n\nimport requests\n\n\ndef load(url):\n    answer = requests.get(url)\n"
        "    return pickle.loads(answer.content)\n"
    },
    good={"app/model.py": "import joblib\n\n\ndef load():\n    return joblib.load('models/model.joblib')\n"},
)
def safe_loading(repo: Repo) -> Outcome:
    """A pickle is a program: whoever can change the file runs code on the machine that loads it.

    For a file that the project wrote itself that is no danger. For one from an address, a hub or an upload it is,
    unless the format holds only data.
    """
    loads = [(module, call) for module in repo.own_python.values() for call in module.calls if _is_unsafe(call)]
    foreign = [evidence for module, call in loads if (evidence := _from_outside(module, call))]
    if foreign:
        return failed(*foreign)
    doubtful = [
        at(module.path, f"{call.name}: what is loaded may be a download", call.line)
        for module, call in loads
        if _may_download(module)
    ]
    if doubtful:
        return unknown(*doubtful[:SHOWN])
    if unread := [each for each in unread_code(repo) if each.path.endswith(".py")]:
        return damaged(*unread[:SHOWN])
    if loads:
        return passed(*(at(module.path, f"{call.name} of an own file", call.line) for module, call in loads[:SHOWN]))
    return without_object("nothing is loaded that could run code")


def _is_unsafe(call: Call) -> bool:
    keywords = dict(call.keywords)
    if TRUSTS.search(call.name):
        return keywords.get("trust_remote_code") == "True" and "revision" not in keywords
    if not LOADS.match(call.name):
        return False
    if call.name.startswith("numpy.load"):
        return keywords.get("allow_pickle") == "True"
    if call.name.startswith("torch."):
        return keywords.get("weights_only") != "True" and keywords.get("check_hash") != "True"
    if call.name.startswith("yaml."):
        return call.name != "yaml.full_load" and not (len(call.arguments) > 1 or "Loader" in keywords)
    return True


def _from_outside(module: Module, call: Call) -> Evidence | None:
    """Where a load takes something from a hub, an address, an upload or a download of the same function."""
    if TRUSTS.search(call.name):
        return at(module.path, "runs the code that comes with a downloaded model", call.line)
    if call.name.endswith("load_state_dict_from_url") or re.search(r"https?://", " ".join(call.arguments[:1])):
        return at(module.path, f"{call.name} of an address", call.line)
    holder = _holder(module, call.line)
    if holder is None:
        return None
    for other in module.calls:
        inside = holder.line <= other.line <= holder.end
        if inside and (DOWNLOADS.search(other.name) or UPLOADS.search(other.name)) and other.line <= call.line:
            return at(module.path, f"{call.name} in the function that calls {other.name}", call.line)
    return None


def _holder(module: Module, line: int) -> Function | None:
    around = [function for function in module.functions if function.line <= line <= function.end]
    return max(around, key=lambda function: function.line, default=None)


def _may_download(module: Module) -> bool:
    return any(DOWNLOADS.search(call.name) or UPLOADS.search(call.name) for call in module.calls)


RULES = (safe_loading,)
