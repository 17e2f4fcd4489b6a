' What happens once when Excel has started.

Public Sub TrackerrStart()
    Dim Opened As Workbook
    Dim Ready As Variant
    DescribeFunctions
    For Each Opened In Application.Workbooks
        MendAtOpening Opened
    Next Opened
    ' The first formula need not wait for Python and its libraries. A machine without Python is told by the formula.
    On Error Resume Next
    Ready = XLPy.CallUDF(FUNCTIONS, "TE_OPTIMIZE", Array(Array(Array(0.6), Array(0.4)), _
        Array(Array(0.04, 0.01), Array(0.01, 0.09))), ThisWorkbook)
    ' Describing the functions is no change to be saved.
    ThisWorkbook.Saved = True
End Sub

Public Sub MendAtOpening(ByVal Opened As Workbook)
    ' Plain names in a workbook that was saved without the add-in may show #NAME? until they are entered again.
    If HasUnboundNames(Opened) Then Press "mend_names"
End Sub

Private Function HasUnboundNames(ByVal Opened As Workbook) As Boolean
    Dim Sheet As Worksheet
    Dim Wrong As Range
    Dim Cell As Range
    If Opened.IsAddin Then Exit Function
    For Each Sheet In Opened.Worksheets
        Set Wrong = Nothing
        On Error Resume Next
        ' An error here says that there are none.
        Set Wrong = Sheet.UsedRange.SpecialCells(xlCellTypeFormulas, xlErrors)
        On Error GoTo 0
        If Not Wrong Is Nothing Then
            For Each Cell In Wrong.Cells
                If IsUnbound(Cell) Then
                    HasUnboundNames = True
                    Exit Function
                End If
            Next Cell
        End If
    Next Sheet
End Function

Private Function IsUnbound(ByVal Cell As Range) As Boolean
    Dim Name As Variant
    If Not IsError(Cell.Value2) Then Exit Function
    If Cell.Value2 <> CVErr(xlErrName) Then Exit Function
    For Each Name In Split(NAMES, " ")
        If InStr(1, Cell.Formula, Name & "(", vbTextCompare) > 0 Then IsUnbound = True
    Next Name
End Function
