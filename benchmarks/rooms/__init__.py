"""Our rooms against Hocuspocus and y-websocket, in the same run, under the same load: see `scenarios` and `report`.

Ours asks for the session and the rights of whoever comes and stores every change in the database; Hocuspocus asks
nobody and stores two seconds later; y-websocket asks nobody and stores nothing. Rounds follow one another in changing
order, so that a busy machine does each the same wrong.
"""
