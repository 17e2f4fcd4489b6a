' Starts Python and talks to it. One process serves every workbook: the command is the same for all of them, and
' neither an open workbook nor its folder has a say in it.

Private mCommand As String

Public Function XLPy() As Variant
    If mCommand = "" Then
        Dim Found As String
        Found = Interpreter()
        LoadXlwings Found
        mCommand = """" & Found & """ " & ARGUMENTS
    End If
    If XLPyDLLActivateAuto(XLPy, mCommand, 1) <> 0 Then Err.Raise 1000, "trackerr_xl", XLPy
End Function

Private Function Interpreter() As String
    Interpreter = Setting(INTERPRETER_SETTING)
    If Interpreter = "" Then Interpreter = Noted()
    ' A name without a folder would be looked for in the folder of the workbook opened last.
    If Mid$(Interpreter, 2, 2) <> ":\" And Left$(Interpreter, 2) <> "\\" Then
        Err.Raise 1000, "trackerr_xl", "No Python is set: run trackerr-xl install and start Excel anew."
    End If
End Function

Private Function Setting(Name As String) As String
    ' Of this file's own sheet only: what is set in a workbook that came by mail does not count.
    Dim Row As Long
    On Error GoTo NoSheet
    With ThisWorkbook.Sheets(SETTINGS_SHEET)
        For Row = 1 To 20
            If UCase$(.Cells(Row, 1).Value) = UCase$(Name) Then Setting = .Cells(Row, 2).Value
        Next Row
    End With
NoSheet:
End Function

Private Function Noted() As String
    ' Where trackerr-xl install noted it, for workbooks that carry their own macros.
    Dim Text As Object
    On Error GoTo Missing
    Set Text = CreateObject("Scripting.FileSystemObject").OpenTextFile( _
        Environ$("APPDATA") & NOTE_PLACE, 1, False, -1)
    Noted = Text.ReadLine
    Text.Close
Missing:
End Function

Private Sub LoadXlwings(Interpreter As String)
    Dim Folder As String
    Folder = ParentFolder(Interpreter)
    If LoadLibrary(Folder & "\" & XLPyDLLName) <> 0 Then Exit Sub
    ' In a virtual environment it lies one folder higher.
    If LoadLibrary(ParentFolder(Folder) & "\" & XLPyDLLName) <> 0 Then Exit Sub
    Err.Raise 1000, "trackerr_xl", XLPyDLLName & " is not beside " & Interpreter & ": run trackerr-xl doctor."
End Sub

Private Function ParentFolder(Path As String) As String
    If InStrRev(Path, "\") > 0 Then ParentFolder = Left$(Path, InStrRev(Path, "\") - 1)
End Function
