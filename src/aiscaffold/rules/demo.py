"""Whether a reader can see the project work (DOC107)."""

import re
from collections.abc import Iterator

from aiscaffold.document import Document, Image
from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import KAGGLE, LLM_APP, OWNER, SERVICE, SHOULD, Outcome, failed, passed, rule, unknown
from aiscaffold.whereabouts import is_shown

DEMO_HOST = regex(
    r"huggingface\.co/spaces/|\.hf\.space|streamlit\.app|share\.streamlit\.io|\.streamlitapp\.com|"
    r"\.herokuapp\.com|\.onrender\.com|\.fly\.dev|\.vercel\.app|"
    r"\.now\.sh|\.netlify\.(?:app|com)|\.run\.app|\.web\.app|\.firebaseapp\.com|\.railway\.app|replicate\.com/|"
    r"\.gradio\.(?:app|live)|\.azurewebsites\.net|"
    r"\.pythonanywhere\.com|\.elasticbeanstalk\.com|\.appspot\.com|\.modal\.run|\.surge\.sh|\.glitch\.me|"
    r"\.deta\.\w+|\.repl\.co|\.replit\.app|"
    r"colab\.research\.google\.com/(?!assets)|mybinder\.org/v2|kaggle\.com/(?:code|kernels)/|"
    r"kaggle\.com/[\w-]+/[\w-]+/notebook|loom\.com/share|asciinema\.org/a/|"
    r"modelscope\.cn/studios|aistudio\.baidu\.com/|deepnote\.com/|huggingface\.co/chat|poe\.com/",
    re.IGNORECASE,
)
VIDEO_HOST = regex(
    r"youtube\.com/(?:watch|embed|shorts|playlist)|youtu\.be/|vimeo\.com/\d|bilibili\.com/video|"
    r"drive\.google\.com/file",
    re.IGNORECASE,
)
SAYS_DEMO = regex(
    r"\bdemos?\b|\blive\b|try it|try out|playground|\bdeployed\b|\bweb ?app\b|walk-?through|screencast|in action|"
    r"\bapp link\b|"
    r"video|watch|演示|在线|体验|视频|데모",
    re.IGNORECASE,
)
NO_DEMO_HOST = regex(
    r"github\.com/|githubusercontent|shields\.io|arxiv\.org|doi\.org|wikipedia|pypi\.org|readthedocs|docs\.|"
    r"localhost|127\.0\.0\.1|0\.0\.0\.0|medium\.com|linkedin|twitter\.com|//x\.com/|/blog|leaderboard|"
    r"/competition|/course|//(?:www\.)?gradio\.app|kaggle\.com/(?:c|competitions|datasets)",
    re.IGNORECASE,
)
ADDRESS = regex(r"https?://[^\s)>\"]{1,2000}")
COLAB_OF = regex(r"(?<=colab\.research\.google\.com/).*|(?<=mybinder\.org/v2/).*")
NO_README = Evidence(remark="there is no README")
FOREIGN = regex(
    r"tutorial|course|lecture|playlist|explained|reference|credit|inspired|based on|thanks|resource|learn more|"
    r"further reading|acknowledg",
    re.IGNORECASE,
)
ABOUT_THIS = regex(
    r"\b(?:for|of|about|on|in|behind|build(?:ing)?|walks? through|explain(?:s|ing)) "
    r"(?:this|the same|our) (?:project|repo(?:sitory)?|app(?:lication)?|code|tool|bot|library|package|model|system)\b",
    re.IGNORECASE,
)
DEPLOYS = regex(
    r"akhileshns/heroku-deploy|superfly/flyctl|google-github-actions/deploy-(?:cloudrun|appengine)|"
    r"azure/webapps-deploy|amondnet/vercel|netlify/actions|"
    r"firebaseextended/action-hosting|aws-actions/amazon-ecs-deploy|jakejarvis/s3-sync|huggingface/.*sync|"
    r"render-deploy|railwayapp|einaregilsson/beanstalk",
    re.IGNORECASE,
)
DEPLOYS_BY_COMMAND = regex(
    r"flyctl deploy|fly deploy|gcloud (?:run|app) deploy|heroku (?:container:release|git)|vercel (?:deploy|"
    r"--prod)|netlify deploy|eb deploy|modal deploy|kubectl (?:apply|rollout)|serverless deploy|sam deploy|"
    r"cdk deploy|huggingface\.co/spaces|az webapp|helm upgrade|firebase deploy|databricks bundle deploy"
)
NO_DEPLOYERS = frozenset(
    {"mkdocs", "mike", "mvn", "npm", "yarn", "pnpm", "echo", "printf", "git", "cd", "mkdir", "cp", "rm", "ls"}
)  # `deploy` after them is documentation, a package, a script's name or a folder
PAGES = regex(r"actions/deploy-pages|actions-gh-pages|github-pages-deploy-action", re.IGNORECASE)


@rule(
    "DOC107",
    "demo-linked",
    "A reader can see it work",
    item="demo",
    level=SHOULD,
    kinds=frozenset({SERVICE, LLM_APP, KAGGLE}),
    who=OWNER,
    minutes=60,
    fix="Link in {path} to a hosted app, a notebook that opens in the browser, or a short recording.",
    expected="a link to a demo, a video or a runnable notebook, or a workflow that deploys the app",
    bad={"README.md": "# Churn\n\nThe documentation is at [docs](https://churn.readthedocs.io).\n"},
    good={"README.md": "# Churn\n\nTry it: [live demo](https://churn.streamlit.app).\n"},
)
def demo_linked(repo: Repo) -> Outcome:
    """Few reviewers install anything; most of them click.

    A hosted demo, a notebook that opens in the browser or a recording of half a minute lets them see the project work,
    and shows that it does.
    """
    document = repo.readme
    if not document:
        return failed(NO_README)
    own = [each for each in _demos(repo, document) if not repo.is_scaffold(each.path, each.line)]
    deployed = list(_deployments(repo))
    if own or deployed:
        return passed(*(own or deployed)[:3])
    doubtful = [*_videos(document), *_built_pages(repo)]
    if doubtful:
        return unknown(*doubtful[:3])
    return failed(at(document.path, "no link to a demo, a video or a runnable notebook"))


def _demos(repo: Repo, document: Document) -> Iterator[Evidence]:
    for link in document.links:
        around = ADDRESS.sub("", f"{link.text} {_line(document, link.line)}")
        titles = " ".join(document.section_at(link.line)[1:])
        may_be = link.target.startswith("http") and not NO_DEMO_HOST.search(COLAB_OF.sub("", link.target))
        is_hosted = may_be and DEMO_HOST.search(link.target)
        is_named = may_be and not VIDEO_HOST.search(link.target) and SAYS_DEMO.search(ADDRESS.sub("", link.text))
        is_video = VIDEO_HOST.search(link.target) and SAYS_DEMO.search(f"{around} {titles}")
        is_foreign = FOREIGN.search(f"{link.text} {titles}")
        is_of_this = VIDEO_HOST.search(link.target) and ABOUT_THIS.search(around)
        if is_hosted or is_of_this or ((is_named or is_video) and not is_foreign):
            yield at(document.path, f"leads to {link.target[:80]}", link.line)
    for image in document.images:
        if _is_moving(image) and is_shown(repo, document, image.target):
            yield at(document.path, f"shows {image.target[-80:]}", image.line)


def _is_moving(image: Image) -> bool:
    name = image.target.split("?")[0].lower()
    is_recording = name.endswith((".gif", ".mp4", ".webm", ".mov")) or (
        "user-attachments/assets" in name and not image.alt
    )
    return is_recording and not (image.is_badge or image.is_logo)


def _videos(document: Document) -> Iterator[Evidence]:
    for link in document.links:
        if VIDEO_HOST.search(link.target) and not FOREIGN.search(f"{link.text} {_line(document, link.line)}"):
            yield at(document.path, f"a video that may or may not show it: {link.target[:80]}", link.line)


def _deployments(repo: Repo) -> Iterator[Evidence]:
    for workflow in repo.workflows:
        for job in workflow.jobs:
            for step in job.steps:
                if DEPLOYS.search(step.uses) or DEPLOYS_BY_COMMAND.search(step.run):
                    yield step.place.saying("deploys the app")
    for run in repo.ci:
        for command in run.resolved.commands:
            if "deploy" in command.words[1:3] and command.program not in NO_DEPLOYERS:
                yield command.chain[-1].saying("deploys the app")


def _built_pages(repo: Repo) -> Iterator[Evidence]:
    for workflow in repo.workflows:
        for job in workflow.jobs:
            for step in job.steps:
                if PAGES.search(step.uses):
                    yield step.place.saying("publishes pages, which may or may not show it at work")


def _line(document: Document, line: int) -> str:
    return document.lines[line - 1][:500] if 0 < line <= len(document.lines) else ""


RULES = (demo_linked,)
