"""Composition root: `cdktf synth` (or `python main.py`) writes the drop-in module to cdktf.out/stacks/."""

from cdktf import App

from aibridge_construct import AIBridgeProxyModule

app = App()
AIBridgeProxyModule(app, "aibridge-proxy")
app.synth()
