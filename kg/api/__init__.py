"""What `kg` offers to Python: one text read, a store built, a store asked. `kg/__init__.py` lists the names.

    reader.py   text → Reading           values.py    what was found, as frozen values
    building.py inputs → store           reading.py   one report: values, frame, graph, picture
    graph.py    store → answers          drawing.py   pictures in SVG

The command line uses the same functions; nothing here is told to it alone.
"""
