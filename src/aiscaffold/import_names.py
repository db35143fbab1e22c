"""Import names whose distribution is called otherwise."""

from types import MappingProxyType

from aiscaffold.regex import regex

_NAMES = """
Bio biopython
Crypto pycryptodome
Cryptodome pycryptodomex
MeCab mecab-python3
MySQLdb mysqlclient
OCC pythonocc-core
OpenGL pyopengl
OpenSSL pyopenssl
PIL pillow
PyQt5.QtWebEngineWidgets pyqtwebengine
Xlib python-xlib
absl absl-py
agents openai-agents
airflow apache-airflow
antlr4 antlr4-python3-runtime
apiclient google-api-python-client
attr attrs
autogen pyautogen
awq autoawq
ax ax-platform
azure.ai.ml azure-ai-ml
azure.identity azure-identity
azure.storage.blob azure-storage-blob
azureml azureml-core
bayes_opt bayesian-optimization
binance python-binance
box python-box
bs4 beautifulsoup4
bson pymongo
camelot camelot-py
cassandra cassandra-driver
cld3 pycld3
clip openai-clip
community python-louvain
consul python-consul
corsheaders django-cors-headers
cpuinfo py-cpuinfo
cupy cupy-cuda12x
cv2 opencv-python
dateutil python-dateutil
dbus dbus-python
decouple python-decouple
delta delta-spark
discord discord-py
dns dnspython
docx python-docx
dotenv python-dotenv
ee earthengine-api
engineio python-engineio
faiss faiss-cpu
ffmpeg ffmpeg-python
fitz pymupdf
fpdf fpdf2
gi pygobject
git gitpython
github pygithub
gitlab python-gitlab
glm pyglm
gnupg python-gnupg
google.api_core google-api-core
google.auth google-auth
google.cloud.aiplatform google-cloud-aiplatform
google.cloud.bigquery google-cloud-bigquery
google.cloud.logging google-cloud-logging
google.cloud.pubsub google-cloud-pubsub
google.cloud.pubsub_v1 google-cloud-pubsub
google.cloud.secretmanager google-cloud-secret-manager
google.cloud.storage google-cloud-storage
google.cloud.vision google-cloud-vision
google.genai google-genai
google.generativeai google-generativeai
google.oauth2 google-auth
google.protobuf protobuf
googleapiclient google-api-python-client
googlesearch googlesearch-python
gridfs pymongo
groundingdino groundingdino-py
grpc grpcio
grpc_health grpcio-health-checking
grpc_status grpcio-status
grpc_tools grpcio-tools
guardrails guardrails-ai
haystack haystack-ai
hydra hydra-core
ibm_boto3 ibm-cos-sdk
ignite pytorch-ignite
imblearn imbalanced-learn
jose python-jose
jpype jpype1
jwt pyjwt
kafka kafka-python
kerastuner keras-tuner
ldap python-ldap
lingua lingua-language-detector
llama_cpp llama-cpp-python
llama_index.core llama-index-core
magic python-magic
markdown_it markdown-it-py
memcache python-memcached
mpl_toolkits matplotlib
mpl_toolkits.basemap basemap
multipart python-multipart
mysql mysql-connector-python
mysql.connector mysql-connector-python
nacl pynacl
nemo nemo-toolkit
newspaper newspaper3k
nmap python-nmap
nvidia_smi nvidia-ml-py
objc pyobjc-core
odf odfpy
open_clip open-clip-torch
opencc opencc-python-reimplemented
openslide openslide-python
opentelemetry opentelemetry-api
opentelemetry.sdk opentelemetry-sdk
osgeo gdal
paddle paddlepaddle
paho paho-mqtt
past future
pdfminer pdfminer-six
phoenix arize-phoenix
pkg_resources setuptools
pl_bolts lightning-bolts
playhouse peewee
pptx python-pptx
psycopg2 psycopg2-binary
pwiz peewee
pyannote pyannote-audio
pylab matplotlib
pynvml nvidia-ml-py
pyro pyro-ppl
pysparkling h2o-pysparkling
pythoncom pywin32
pythonjsonlogger python-json-logger
pytorch_grad_cam grad-cam
pywt pywavelets
pyximport cython
rest_framework djangorestframework
ruamel ruamel-yaml
ruamel.yaml ruamel-yaml
saml2 pysaml2
sass libsass
scikitplot scikit-plot
serial pyserial
serpapi google-search-results
shapefile pyshp
skbio scikit-bio
skfuzzy scikit-fuzzy
skimage scikit-image
sklearn scikit-learn
sklearn_extra scikit-learn-extra
sklearnex scikit-learn-intelex
sklego scikit-lego
skmultiflow scikit-multiflow
skmultilearn scikit-multilearn
skopt scikit-optimize
sksurv scikit-survival
skvideo scikit-video
slack slackclient
slugify python-slugify
snappy python-snappy
snowflake.connector snowflake-connector-python
snowflake.snowpark snowflake-snowpark-python
socketio python-socketio
socks pysocks
sparknlp spark-nlp
speech_recognition speechrecognition
spellchecker pyspellchecker
tabula tabula-py
talib ta-lib
tap typed-argument-parser
tavily tavily-python
telebot pytelegrambotapi
telegram python-telegram-bot
tlz toolz
tree dm-tree
umap umap-learn
usb pyusb
vertexai google-cloud-aiplatform
vlc python-vlc
weaviate weaviate-client
websocket websocket-client
whisper openai-whisper
whois python-whois
wikipediaapi wikipedia-api
win32api pywin32
win32com pywin32
win32con pywin32
win32file pywin32
win32gui pywin32
wx wxpython
xdist pytest-xdist
yaml pyyaml
zmq pyzmq
"""
_ALSO = """
Crypto pycrypto
PIL pillow-simd
airflow apache-airflow-core
cupy cupy cupy-cuda11x cupy-cuda13x
cv2 opencv-python-headless opencv-contrib-python opencv-contrib-python-headless
discord discord
docx docx
dotenv dotenv
dspy dspy-ai
faiss faiss-gpu faiss-gpu-cu12 faiss
fitz pymupdfb
gym gymnasium
igraph python-igraph
jose python-jose-cryptodome
jwt jwt
kafka kafka-python-ng
levenshtein python-levenshtein
magic python-magic-bin
mysql mysql-connector
newspaper newspaper4k
onnxruntime onnxruntime-gpu onnxruntime-directml
paddle paddlepaddle-gpu
pinecone pinecone-client
psycopg2 psycopg2
pynvml pynvml
sklearn sklearn
slugify unicode-slugify
tensorflow tensorflow-cpu tensorflow-gpu tensorflow-macos tensorflow-intel tf-nightly
torch torch-nightly
vertexai vertexai
whisper whisper
xgboost xgboost-cpu
"""
SEPARATORS = regex(r"[-_.]+")

IMPORT_NAMES = MappingProxyType(dict(line.split() for line in _NAMES.strip().splitlines()))
ALSO = MappingProxyType({line.split()[0]: tuple(line.split()[1:]) for line in _ALSO.strip().splitlines()})


def distributions(module: str) -> tuple[str, ...]:
    """The distributions that may provide a dotted module, the usual one first, each by its canonical name."""
    parts = module.split(".")
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    usual = next((IMPORT_NAMES[name] for name in names if name in IMPORT_NAMES), None)
    also = ALSO.get(parts[0], ALSO.get(parts[0].lower(), ()))
    return (usual or SEPARATORS.sub("-", parts[0]).strip("-").lower(), *also)
