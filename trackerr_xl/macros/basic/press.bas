' What a click does: one function of Python's, on the active workbook.

Public Sub Press(Action As String)
    On Error GoTo Unanswered
    XLPy.Call XLPy.Module(BUTTONS), Action
    Exit Sub
Unanswered:
    Application.StatusBar = False
    MsgBox Failed(Err.Description), vbExclamation, "trackerr_xl"
End Sub
