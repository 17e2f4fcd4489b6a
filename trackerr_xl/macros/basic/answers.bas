' Makes of Python's answer what a cell shows.

Public Function Answered(ByVal Answer As Variant) As Variant
    ' Python cannot return an error value; it sends a text such as #XL:2042 for #N/A.
    Dim Row As Long
    Dim Column As Long
    If Not IsArray(Answer) Then
        Answered = AsCell(Answer)
        Exit Function
    End If
    If IsOneRow(Answer) Then
        For Column = LBound(Answer) To UBound(Answer)
            If VarType(Answer(Column)) = vbString Then Answer(Column) = AsCell(Answer(Column))
        Next Column
    Else
        For Row = LBound(Answer, 1) To UBound(Answer, 1)
            For Column = LBound(Answer, 2) To UBound(Answer, 2)
                If VarType(Answer(Row, Column)) = vbString Then Answer(Row, Column) = AsCell(Answer(Row, Column))
            Next Column
        Next Row
    End If
    Answered = Answer
End Function

Public Function Failed(Reason As String) As String
    ' What keeps Python from answering, in one line.
    Failed = Left$("#TRACKERR " & Replace(Replace(Reason, vbCr, " "), vbLf, " "), 255)
End Function

Public Function Joined(First As Variant, Further As Variant) As Variant
    ' The named arguments, then those of a list of any length; a range stays a range.
    Dim All() As Variant
    Dim Place As Long
    Dim Named As Long
    Named = UBound(First) + 1
    ReDim All(0 To Named + UBound(Further) - LBound(Further))
    For Place = 0 To Named - 1
        If IsObject(First(Place)) Then Set All(Place) = First(Place) Else All(Place) = First(Place)
    Next Place
    For Place = LBound(Further) To UBound(Further)
        If IsObject(Further(Place)) Then
            Set All(Named + Place - LBound(Further)) = Further(Place)
        Else
            All(Named + Place - LBound(Further)) = Further(Place)
        End If
    Next Place
    Joined = All
End Function

Private Function IsOneRow(Answer As Variant) As Boolean
    ' xlwings sends a single row as a list; asking it for columns is an error.
    Dim Columns As Long
    On Error GoTo Row
    Columns = UBound(Answer, 2)
    Exit Function
Row:
    IsOneRow = True
End Function

Private Function AsCell(Value As Variant) As Variant
    AsCell = Value
    If VarType(Value) <> vbString Then Exit Function
    If Len(Value) = Len(MARKER) + 4 And Left$(Value, Len(MARKER)) = MARKER Then
        AsCell = CVErr(CLng(Mid$(Value, Len(MARKER) + 1)))
    End If
End Function
