"""Generated from grammar/ by ``python -m landscape_cli.syntax.generate``: not edited."""

from __future__ import annotations

OUTSIDE = '[ \t\r\x0c\ufeff]*(?:#[^\n]*)?(?:([A-Za-z_][A-Za-z0-9_]*)|([0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(;|\n)|(!=|\\->|<=|>=|\\(|\\)|\\*|\\+|,|\\-|/|:|<|=|>|\\[|\\]|\\^|\\{|\\})|("(?:[^"\\\\\n]|\\\\[^\n])*")|([^\\n]))?'
INSIDE = '(?:[ \t\r\x0c\n\ufeff]+|#[^\n]*)*(?:([A-Za-z_][A-Za-z0-9_]*)|([0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(;|\n)|(!=|\\->|<=|>=|\\(|\\)|\\*|\\+|,|\\-|/|:|<|=|>|\\[|\\]|\\^|\\{|\\})|("(?:[^"\\\\\n]|\\\\[^\n])*")|([^\\n]))?'
DASHED = '[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*'
ACCEPT = 37
KEYS = '!= ( ) * + , - -> / : < <= <dashed> <end> <eof> <name> <number> <string> = > >= T [ ] ^ activation allow and assume at because bias by const data declare expect file key loss map model net not or param regularize require samples subject_to until x { }'

# nonterminal, size, 0 node / 1 pass through / 2 inlined, node name, kept children
RULES = """\
0 2 2 __at_star_8 1
0 3 2 __at_star_8 -1,2
1 2 2 __call_star_17 1
1 3 2 __call_star_17 -1,2
2 2 2 __comparison_star_12 0,1
2 2 2 __comparison_star_12 0,1
2 3 2 __comparison_star_12 -1,1,2
2 3 2 __comparison_star_12 -1,1,2
3 2 2 __conjunction_star_10 1
3 3 2 __conjunction_star_10 -1,2
4 2 2 __data_star_5 1
4 3 2 __data_star_5 -1,2
5 1 2 __declare_plus_3 0
5 2 2 __declare_plus_3 -1,1
6 2 2 __disjunction_star_9 1
6 3 2 __disjunction_star_9 -1,2
7 2 2 __matrix_star_6 1
7 3 2 __matrix_star_6 -1,2
8 2 2 __matrix_star_7 1
8 3 2 __matrix_star_7 -1,2
9 1 2 __model_star_1 
9 2 2 __model_star_1 -1
9 3 2 __model_star_1 -1,1
9 2 2 __model_star_1 0
10 1 2 __negation_plus_11 0
10 2 2 __negation_plus_11 -1,1
11 2 2 __net_star_2 1
11 3 2 __net_star_2 -1,2
12 2 2 __power_star_16 1
12 3 2 __power_star_16 -1,2
13 2 2 __product_star_14 0,1
13 2 2 __product_star_14 0,1
13 3 2 __product_star_14 -1,1,2
13 3 2 __product_star_14 -1,1,2
14 2 2 __regularize_star_4 1
14 3 2 __regularize_star_4 -1,2
15 1 2 __signed_plus_15 0
15 2 2 __signed_plus_15 -1,1
16 1 2 __start_star_0 
16 2 2 __start_star_0 -1
16 2 2 __start_star_0 -1,1
16 3 2 __start_star_0 -1,1
16 1 2 __start_star_0 0
16 2 2 __start_star_0 0
17 2 2 __sum_star_13 0,1
17 2 2 __sum_star_13 0,1
17 3 2 __sum_star_13 -1,1,2
17 3 2 __sum_star_13 -1,1,2
18 4 0 activation 1,2,3
19 4 0 allow 1,3
19 6 0 allow 1,3,5
20 1 1 argument 0
20 1 1 argument 0
21 2 0 assume 1
22 2 0 at 1
22 3 0 at 1,-3
23 3 0 given 0,1,2
23 2 0 file_point 1
24 3 1 atom 1
24 1 1 atom 0
24 1 1 atom 0
24 1 1 atom 0
25 2 0 bias 1
26 3 0 call 0
26 4 0 call 0,2
26 5 0 call 0,2,-4
27 1 1 comparison 0
27 2 0 comparison 0,-2
28 1 1 conjunction 0
28 2 0 conjunction 0,-2
29 4 0 const 1,3
29 6 0 const 1,3,4,5
30 4 0 custom_loss 1,2,3
31 2 0 data 1
31 3 0 data 1,-3
32 3 0 given 0,1,2
32 2 0 property 0,1
32 2 0 samples 1
33 5 0 date 0,2,4
34 3 0 declare 1,-3
35 2 0 negative 1
35 1 1 dimension 0
35 1 1 dimension 0
35 3 0 big_power 0,2
36 1 1 disjunction 0
36 2 0 disjunction 0,-2
37 2 0 negative 1
37 4 0 negative_ratio 1,3
37 1 1 entry 0
37 3 0 ratio 0,2
38 2 0 expect 1
38 4 0 expect 1,3
39 2 0 signed 0,1
39 1 1 exponent 0
39 1 1 exponent 0
40 2 0 file 1
40 4 0 file 1,3
41 1 1 formula 0
42 1 1 item 0
42 1 1 item 0
43 2 0 loss -2
43 2 0 loss 1
44 2 0 map 1
45 2 0 vector 
45 3 0 vector 1
45 4 0 vector 1,-3
45 3 0 matrix 1
45 4 0 matrix 1,-3
46 4 0 model 1
46 5 0 model 1,-4
46 6 0 model 1,-4,4
46 5 0 model 1,3
46 4 0 model 1
46 5 0 model 1,-4
46 6 0 model 1,-4,4
46 5 0 model 1,3
47 2 0 negated -1,1
47 1 1 negation 0
48 2 0 net 1
48 3 0 net 1,-3
49 4 0 param 1,3
50 1 1 power 0
50 2 0 power 0,-2
51 1 1 product 0
51 2 0 product 0,-2
52 2 0 regularize 1
52 3 0 regularize 1,2
52 4 0 regularize 1,2,-4
53 2 0 require 1
54 2 0 row 
54 3 0 row 1
54 4 0 row 1,-3
55 1 0 shape 0
55 3 0 shape 0,2
56 2 0 signed -1,1
56 1 1 signed 0
57 0 0 start 
57 1 0 start -1
57 2 0 start -1,1
57 1 0 start 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
58 1 1 statement 0
59 2 0 subject_to 1
59 3 0 subject_to 1,2
60 1 1 sum 0
60 2 0 sum 0,-2
61 1 1 value 0
61 1 1 value 0
61 1 1 value 0
"""

# one state a line: key value key value ...; a key beyond KEYS is a nonterminal; a value
# is the state to shift to (after the nonterminal: to go to), or ~rule to reduce by
TABLE = """\
14 -137 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 9 36 10 39 11 40 12 41 13 42 14 45 15 46 16 47 17 49 18 70 19 72 20 73 21 75 22 76 23 79 24 83 25 84 26 85 27 88 28 92 29 97 30 98 31 100 32 102 33 103 34 106 35 107 36 111 37 112 38 113 39
15 40 80 41
15 42
1 43 6 44 15 45 43 46 16 47 64 48 69 49 78 50 80 51 81 52 82 53 90 54 95 55 101 56 104 57 105 58 110 59 114 60
15 61 37 62 77 63
15 64
15 65
15 66 48 67 86 68
15 69
14 -39 25 -39 26 -39 28 -39 29 -39 31 -39 33 -39 34 -39 35 -39 13 -39 36 -39 39 -39 40 -39 41 -39 42 -39 45 -39 46 -39 47 -39 49 -39
15 70
15 71 59 72 80 73
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 58 110 59 114 74
12 75 17 76
6 77 15 78 16 79 80 80 89 81 96 82
15 83
15 84
15 85
15 86
14 -138 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 87 36 10 39 11 40 12 41 13 42 14 45 15 46 16 47 17 49 18 72 20 73 21 75 22 76 23 79 24 83 25 84 26 85 27 88 28 92 29 97 30 98 31 100 88 102 33 103 34 106 35 107 36 112 89 113 39
14 -141 53 -141 13 -141
14 -142 53 -142 13 -142
14 -143 53 -143 13 -143
14 -144 53 -144 13 -144
14 -145 53 -145 13 -145
14 -146 53 -146 13 -146
14 -147 53 -147 13 -147
14 -148 53 -148 13 -148
14 -149 53 -149 13 -149
14 -150 53 -150 13 -150
14 -151 53 -151 13 -151
14 -152 53 -152 13 -152
14 -43 25 -43 26 -43 28 -43 29 -43 31 -43 33 -43 34 -43 35 -43 13 -43 36 -43 39 -43 40 -43 41 -43 42 -43 45 -43 46 -43 47 -43 49 -43
14 -153 53 -153 13 -153
14 -154 53 -154 13 -154
14 -155 53 -155 13 -155
14 -156 53 -156 13 -156

14 -140 13 90
14 -157 53 -157 13 -157
1 91
18 92
30 93
1 43 6 44 15 45 43 46 16 47 64 48 69 49 78 50 80 51 81 52 82 53 90 54 95 94 101 56 104 57 105 58 110 59 114 60
1 -37 6 -37 15 -37 16 -37
14 -60 24 -60 5 -60 18 -60 1 91 6 -60 4 -60 53 -60 11 -60 20 -60 0 -60 10 -60 19 -60 2 -60 8 -60 3 -60 27 -60 13 -60 44 -60
1 -25 6 -25 15 -25 43 -25 16 -25
14 -61 24 -61 5 -61 18 -61 6 -61 4 -61 53 -61 11 -61 20 -61 0 -61 10 -61 19 -61 2 -61 8 -61 3 -61 27 -61 13 -61 44 -61
1 43 6 44 15 45 43 95 16 47 69 49 78 50 80 51 81 96 104 57 105 58 110 59 114 60
1 43 6 97 15 45 16 47 78 50 80 51 104 98
14 -122 24 99 5 -122 18 -122 6 -122 4 -122 53 -122 11 -122 20 -122 0 -122 10 -122 19 -122 2 -122 8 -122 3 -122 27 -122 13 -122 44 -122 66 100
14 -62 24 -62 5 -62 18 -62 6 -62 4 -62 53 -62 11 -62 20 -62 0 -62 10 -62 19 -62 2 -62 8 -62 3 -62 27 -62 13 -62 44 -62
14 -118 5 -118 53 -118 2 -118 27 -118 13 -118 44 -118
14 -85 5 -85 53 -85 2 -85 13 -85 44 101 60 102
14 -98 5 -98 53 -98 2 -98 13 -98
14 -54 53 -54 13 -54
14 -69 5 -69 53 -69 2 -69 27 103 13 -69 44 -69 57 104
14 -136 5 -136 18 -136 6 -136 4 -136 53 -136 11 -136 20 -136 0 -136 10 -136 19 -136 2 -136 8 -136 3 -136 27 -136 13 -136 44 -136
14 -160 5 -160 18 -160 6 105 4 106 53 -160 11 -160 20 -160 0 -160 10 -160 19 -160 2 -160 27 -160 13 -160 44 -160 71 107
14 -124 5 -124 18 -124 6 -124 4 -124 53 -124 11 -124 20 -124 0 -124 10 -124 19 -124 2 -124 8 108 3 109 27 -124 13 -124 44 -124 67 110
14 -67 5 -67 18 111 53 -67 11 112 20 112 0 112 10 112 19 112 2 -67 27 -67 13 -67 44 -67 56 113
18 114
17 115
14 -55 5 116 53 -55 13 -55 54 117
14 -63 53 -63 13 -63
9 118
18 119 15 120
6 77 15 121 16 79 89 122
14 -74 5 123 53 -74 13 -74 58 124
15 125 59 126
14 -91 53 -91 32 127 13 -91
14 -13 1 91 15 -13 53 -13 13 -13
14 -101 15 128 53 -101 13 -101
14 -102 18 129 53 -102 13 -102
14 -103 53 -103 13 -103
52 130
52 131
16 132
14 -82 1 91 53 -82 13 -82 7 -82
14 -83 24 133 5 -83 18 -83 53 -83 13 -83 51 -83 7 -83
14 -99 53 -99 13 -99 7 -99
14 -100 53 -100 13 -100 7 -100
14 -119 53 -119 13 -119 7 134 65 135
9 136
14 -126 1 43 6 44 15 45 16 47 53 -126 13 -126 69 49 78 50 80 51 104 57 105 58 110 59 114 137
14 -129 53 -129 13 -129
14 -158 1 43 6 44 15 45 16 47 53 -158 13 -158 69 49 78 50 80 51 104 57 105 58 110 59 114 138
14 -40 25 -40 26 -40 28 -40 29 -40 31 -40 33 -40 34 -40 35 -40 13 -40 36 -40 39 -40 40 -40 41 -40 42 -40 45 -40 46 -40 47 -40 49 -40
14 -41 25 -41 26 -41 28 -41 29 -41 31 -41 33 -41 34 -41 35 -41 13 -41 36 -41 39 -41 40 -41 41 -41 42 -41 45 -41 46 -41 47 -41 49 -41
14 -139 13 139
14 -44 25 -44 26 -44 28 -44 29 -44 31 -44 33 -44 34 -44 35 -44 13 -44 36 -44 39 -44 40 -44 41 -44 42 -44 45 -44 46 -44 47 -44 49 -44
1 43 6 44 15 45 43 46 16 47 2 140 17 141 64 48 69 49 74 142 78 50 80 51 81 52 82 53 90 54 95 143 101 56 104 57 105 58 110 59 114 60
1 43 6 44 15 45 43 46 16 47 64 48 69 49 78 50 80 51 81 52 82 53 90 54 95 144 101 56 104 57 105 58 110 59 114 60
17 145
2 146
1 -26 6 -26 15 -26 43 -26 16 -26
14 -117 5 -117 53 -117 2 -117 27 -117 13 -117 44 -117
1 -38 6 -38 15 -38 16 -38
14 -135 5 -135 18 -135 6 -135 4 -135 53 -135 11 -135 20 -135 0 -135 10 -135 19 -135 2 -135 8 -135 3 -135 27 -135 13 -135 44 -135
1 43 6 147 15 45 16 47 21 148 78 149 80 51 93 150
14 -123 24 151 5 -123 18 -123 6 -123 4 -123 53 -123 11 -123 20 -123 0 -123 10 -123 19 -123 2 -123 8 -123 3 -123 27 -123 13 -123 44 -123
1 43 6 44 15 45 43 46 16 47 64 48 69 49 78 50 80 51 81 52 82 152 101 56 104 57 105 58 110 59 114 60
14 -86 5 -86 53 -86 2 -86 13 -86 44 153
1 43 6 44 15 45 43 46 16 47 64 48 69 49 78 50 80 51 81 52 101 154 104 57 105 58 110 59 114 60
14 -70 5 -70 53 -70 2 -70 27 155 13 -70 44 -70
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 156 110 59
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 157 110 59
14 -161 5 -161 18 -161 6 158 4 159 53 -161 11 -161 20 -161 0 -161 10 -161 19 -161 2 -161 27 -161 13 -161 44 -161
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 110 160
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 110 161
14 -125 5 -125 18 -125 6 -125 4 -125 53 -125 11 -125 20 -125 0 -125 10 -125 19 -125 2 -125 8 162 3 163 27 -125 13 -125 44 -125
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 58 110 59 114 164
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 58 110 59 114 165
14 -68 5 -68 18 166 53 -68 11 167 20 167 0 167 10 167 19 167 2 -68 27 -68 13 -68 44 -68
22 168 15 169 37 170 94 171 99 172 115 173
14 -58 5 -58 53 -58 13 -58
15 61 37 62 77 174
14 -56 5 175 53 -56 13 -56
6 77 15 121 16 79 89 176 109 177
22 168 15 169 37 170 94 171 99 172 115 178
14 -77 5 -77 53 -77 13 -77
14 -82 5 -82 18 -82 53 -82 13 -82 51 -82
14 -78 5 -78 53 -78 13 -78
15 66 48 67 86 179
14 -75 5 180 53 -75 13 -75
14 -13 15 -13 53 -13 13 -13
14 -80 15 128 53 -80 13 -80
12 181
14 -14 15 -14 53 -14 13 -14
1 43 6 44 15 45 43 46 16 47 64 48 69 49 78 50 80 51 81 52 82 53 90 54 95 182 101 56 104 57 105 58 110 59 114 60
53 183 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 184 36 10 39 11 40 12 42 14 45 15 46 16 47 17 49 18 63 185 72 20 73 21 75 22 76 23 79 24 83 25 84 26 85 27 88 28 92 29 97 30 98 31 102 33 103 34 106 35 107 36 112 186 113 39
53 187 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 184 36 10 39 11 40 12 42 14 45 15 46 16 47 17 49 18 63 188 72 20 73 21 75 22 76 23 79 24 83 25 84 26 85 27 88 28 92 29 97 30 98 31 102 33 103 34 106 35 107 36 112 189 113 39
14 -81 5 -81 18 -81 53 -81 13 -81 51 -81 7 -81
16 190
6 77 15 78 16 79 80 80 89 81 96 191
14 -120 53 -120 13 -120 7 192
6 77 15 121 16 79 89 176 109 193
14 -127 5 194 53 -127 13 -127 68 195
14 -159 53 -159 13 -159
14 -42 25 -42 26 -42 28 -42 29 -42 31 -42 33 -42 34 -42 35 -42 13 -42 36 -42 39 -42 40 -42 41 -42 42 -42 45 -42 46 -42 47 -42 49 -42
14 -64 24 -64 5 -64 18 -64 6 -64 4 -64 53 -64 11 -64 20 -64 0 -64 10 -64 19 -64 2 -64 8 -64 3 -64 27 -64 13 -64 44 -64 7 -64
5 -52 2 -52
5 196 2 197 55 198
5 -53 2 -53
14 -49 53 -49 13 -49
14 -50 53 -50 13 -50 50 199
14 -59 24 -59 5 -59 18 -59 6 -59 4 -59 53 -59 11 -59 20 -59 0 -59 10 -59 19 -59 2 -59 8 -59 3 -59 27 -59 13 -59 44 -59
1 43 15 45 16 47 78 200 80 51
14 -94 24 -94 5 -94 18 -94 6 -94 4 -94 53 -94 11 -94 20 -94 0 -94 10 -94 19 -94 2 -94 8 -94 3 -94 27 -94 13 -94 44 -94
14 -95 24 -95 5 -95 18 -95 6 -95 4 -95 53 -95 11 -95 20 -95 0 -95 10 -95 19 -95 2 -95 8 -95 3 -95 27 -95 13 -95 44 -95
14 -29 24 -29 5 -29 18 -29 6 -29 4 -29 53 -29 11 -29 20 -29 0 -29 10 -29 19 -29 2 -29 8 -29 3 -29 27 -29 13 -29 44 -29
1 43 6 147 15 45 16 47 21 148 78 149 80 51 93 201
14 -15 5 -15 53 -15 2 -15 13 -15 44 -15
1 43 6 44 15 45 43 46 16 47 64 48 69 49 78 50 80 51 81 52 82 202 101 56 104 57 105 58 110 59 114 60
14 -9 5 -9 53 -9 2 -9 27 -9 13 -9 44 -9
1 43 6 44 15 45 43 46 16 47 64 48 69 49 78 50 80 51 81 52 101 203 104 57 105 58 110 59 114 60
14 -45 5 -45 18 -45 6 -45 4 -45 53 -45 11 -45 20 -45 0 -45 10 -45 19 -45 2 -45 27 -45 13 -45 44 -45
14 -46 5 -46 18 -46 6 -46 4 -46 53 -46 11 -46 20 -46 0 -46 10 -46 19 -46 2 -46 27 -46 13 -46 44 -46
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 204 110 59
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 205 110 59
14 -31 5 -31 18 -31 6 -31 4 -31 53 -31 11 -31 20 -31 0 -31 10 -31 19 -31 2 -31 8 -31 3 -31 27 -31 13 -31 44 -31
14 -32 5 -32 18 -32 6 -32 4 -32 53 -32 11 -32 20 -32 0 -32 10 -32 19 -32 2 -32 8 -32 3 -32 27 -32 13 -32 44 -32
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 110 206
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 110 207
14 -5 5 -5 18 -5 53 -5 11 -5 20 -5 0 -5 10 -5 19 -5 2 -5 27 -5 13 -5 44 -5
14 -6 5 -6 18 -6 53 -6 11 -6 20 -6 0 -6 10 -6 19 -6 2 -6 27 -6 13 -6 44 -6
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 58 110 59 114 208
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 58 110 59 114 209
22 210 6 211 16 212 23 213 91 214 108 215
14 -162 5 -162 53 -162 13 -162
17 216
14 -163 5 -163 53 -163 13 -163
14 -164 5 -164 53 -164 13 -164
14 -57 5 -57 53 -57 13 -57
14 -1 5 -1 53 -1 13 -1
15 61 37 62 77 217
14 -133 18 -133 53 -133 13 -133 51 218
14 -71 18 219 53 -71 13 -71
14 -76 5 -76 53 -76 13 -76
14 -11 5 -11 53 -11 13 -11
15 66 48 67 86 220
14 -92 53 -92 13 -92
14 -73 53 -73 13 -73
14 -109 25 -109 26 -109 28 -109 29 -109 31 -109 33 -109 34 -109 35 -109 13 -109 36 -109 39 -109 40 -109 41 -109 42 -109 45 -109 46 -109 47 -109 49 -109
53 -21 25 -21 26 -21 28 -21 29 -21 31 -21 33 -21 34 -21 35 -21 13 -21 36 -21 39 -21 40 -21 42 -21 45 -21 46 -21 47 -21 49 -21
53 221 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 222 36 10 39 11 40 12 42 14 45 15 46 16 47 17 49 18 72 20 73 21 75 22 76 23 79 24 83 25 84 26 85 27 88 28 92 29 97 30 98 31 102 33 103 34 106 35 107 36 112 223 113 39
53 224 13 225
14 -113 25 -113 26 -113 28 -113 29 -113 31 -113 33 -113 34 -113 35 -113 13 -113 36 -113 39 -113 40 -113 41 -113 42 -113 45 -113 46 -113 47 -113 49 -113
53 226 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 222 36 10 39 11 40 12 42 14 45 15 46 16 47 17 49 18 72 20 73 21 75 22 76 23 79 24 83 25 84 26 85 27 88 28 92 29 97 30 98 31 102 33 103 34 106 35 107 36 112 227 113 39
53 228 13 225
14 -84 5 -84 18 -84 53 -84 13 -84 51 -84 7 -84
14 -27 53 -27 13 -27 7 -27
6 77 15 78 16 79 80 80 89 81 96 229
14 -121 53 -121 13 -121
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 58 110 59 114 230
14 -128 5 231 53 -128 13 -128
1 43 6 44 15 45 43 46 16 47 17 141 64 48 69 49 74 232 78 50 80 51 81 52 82 53 90 54 95 143 101 56 104 57 105 58 110 59 114 60
14 -65 24 -65 5 -65 18 -65 6 -65 4 -65 53 -65 11 -65 20 -65 0 -65 10 -65 19 -65 2 -65 8 -65 3 -65 27 -65 13 -65 44 -65 7 -65
5 233 2 234
16 235 87 236
14 -93 24 -93 5 -93 18 -93 6 -93 4 -93 53 -93 11 -93 20 -93 0 -93 10 -93 19 -93 2 -93 8 -93 3 -93 27 -93 13 -93 44 -93
14 -30 24 -30 5 -30 18 -30 6 -30 4 -30 53 -30 11 -30 20 -30 0 -30 10 -30 19 -30 2 -30 8 -30 3 -30 27 -30 13 -30 44 -30
14 -16 5 -16 53 -16 2 -16 13 -16 44 -16
14 -10 5 -10 53 -10 2 -10 27 -10 13 -10 44 -10
14 -47 5 -47 18 -47 6 -47 4 -47 53 -47 11 -47 20 -47 0 -47 10 -47 19 -47 2 -47 27 -47 13 -47 44 -47
14 -48 5 -48 18 -48 6 -48 4 -48 53 -48 11 -48 20 -48 0 -48 10 -48 19 -48 2 -48 27 -48 13 -48 44 -48
14 -33 5 -33 18 -33 6 -33 4 -33 53 -33 11 -33 20 -33 0 -33 10 -33 19 -33 2 -33 8 -33 3 -33 27 -33 13 -33 44 -33
14 -34 5 -34 18 -34 6 -34 4 -34 53 -34 11 -34 20 -34 0 -34 10 -34 19 -34 2 -34 8 -34 3 -34 27 -34 13 -34 44 -34
14 -7 5 -7 18 -7 53 -7 11 -7 20 -7 0 -7 10 -7 19 -7 2 -7 27 -7 13 -7 44 -7
14 -8 5 -8 18 -8 53 -8 11 -8 20 -8 0 -8 10 -8 19 -8 2 -8 27 -8 13 -8 44 -8
6 211 16 212 23 237 91 238
16 239
5 -89 23 -89 8 240
14 -104 5 -104 53 -104 13 -104
5 241 23 242 61 243
5 244 23 245 62 246
14 -96 5 -96 53 -96 13 -96 38 247
14 -2 5 -2 53 -2 13 -2
6 77 15 121 16 79 89 248
22 168 15 169 37 170 94 171 99 172 115 249
14 -12 5 -12 53 -12 13 -12
14 -110 25 -110 26 -110 28 -110 29 -110 31 -110 33 -110 34 -110 35 -110 13 -110 36 -110 39 -110 40 -110 41 -110 42 -110 45 -110 46 -110 47 -110 49 -110
53 -22 25 -22 26 -22 28 -22 29 -22 31 -22 33 -22 34 -22 35 -22 13 -22 36 -22 39 -22 40 -22 42 -22 45 -22 46 -22 47 -22 49 -22
53 250 13 251
14 -112 25 -112 26 -112 28 -112 29 -112 31 -112 33 -112 34 -112 35 -112 13 -112 36 -112 39 -112 40 -112 41 -112 42 -112 45 -112 46 -112 47 -112 49 -112
53 -24 25 -24 26 -24 28 -24 29 -24 31 -24 33 -24 34 -24 35 -24 13 -24 36 -24 39 -24 40 -24 42 -24 45 -24 46 -24 47 -24 49 -24
14 -114 25 -114 26 -114 28 -114 29 -114 31 -114 33 -114 34 -114 35 -114 13 -114 36 -114 39 -114 40 -114 41 -114 42 -114 45 -114 46 -114 47 -114 49 -114
53 252 13 251
14 -116 25 -116 26 -116 28 -116 29 -116 31 -116 33 -116 34 -116 35 -116 13 -116 36 -116 39 -116 40 -116 41 -116 42 -116 45 -116 46 -116 47 -116 49 -116
14 -28 53 -28 13 -28 7 -28
14 -35 5 -35 53 -35 13 -35
1 43 6 44 15 45 16 47 69 49 78 50 80 51 104 57 105 58 110 59 114 253
5 -3 2 -3
1 43 6 44 15 45 43 46 16 47 17 141 64 48 69 49 74 254 78 50 80 51 81 52 82 53 90 54 95 143 101 56 104 57 105 58 110 59 114 60
14 -66 24 -66 5 -66 18 -66 6 -66 4 -66 53 -66 11 -66 20 -66 0 -66 10 -66 19 -66 2 -66 8 -66 3 -66 27 -66 13 -66 44 -66 7 -66
6 255
14 -51 53 -51 13 -51
5 -130 23 -130
5 241 23 256 61 257
5 -87 23 -87 8 258
16 259
6 211 16 212 91 260
14 -105 5 -105 53 -105 13 -105
5 261 23 262
22 210 108 263
14 -107 5 -107 53 -107 13 -107
5 264 23 265
17 266
14 -134 18 -134 53 -134 13 -134
14 -72 53 -72 13 -72
14 -111 25 -111 26 -111 28 -111 29 -111 31 -111 33 -111 34 -111 35 -111 13 -111 36 -111 39 -111 40 -111 41 -111 42 -111 45 -111 46 -111 47 -111 49 -111
53 -23 25 -23 26 -23 28 -23 29 -23 31 -23 33 -23 34 -23 35 -23 13 -23 36 -23 39 -23 40 -23 42 -23 45 -23 46 -23 47 -23 49 -23
14 -115 25 -115 26 -115 28 -115 29 -115 31 -115 33 -115 34 -115 35 -115 13 -115 36 -115 39 -115 40 -115 41 -115 42 -115 45 -115 46 -115 47 -115 49 -115
14 -36 5 -36 53 -36 13 -36
5 -4 2 -4
16 267
5 -131 23 -131
5 261 23 268
16 269
5 -90 23 -90
5 -17 23 -17
6 211 16 212 91 270
14 -106 5 -106 53 -106 13 -106
5 -19 23 -19
22 210 108 271
14 -108 5 -108 53 -108 13 -108
14 -97 5 -97 53 -97 13 -97
6 272
5 -132 23 -132
5 -88 23 -88
5 -18 23 -18
5 -20 23 -20
16 273
14 -79 53 -79 13 -79
"""

# (state, token, statement) -> (message, hint), from grammar/mistakes.toml
MISTAKES: dict[tuple[int, str | None, str | None], tuple[str, str | None]] = {
    (109, '*', None): ('a power is written with `^`', 'write x^2'),
    (79, '-', 'net'): ('an arrow is written `->`, without a space', 'write net 5 -> 2'),
    (78, '-', 'net'): ('an arrow is written `->`, without a space', 'write net 5 -> 2'),
    (197, '-', 'net'): ('an arrow is written `->`, without a space', 'write net 5 -> 2'),
    (79, ',', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (78, ',', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (197, ',', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (79, '>', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (78, '>', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (79, '=', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (79, 'x', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (78, 'x', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (79, '*', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (78, '*', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (78, '+', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (79, '+', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (14, '(', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (134, '(', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (78, '/', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (79, '/', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (78, '^', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (14, '[', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (79, None, 'net'): ('expected `->` and the next layer, or the end of the statement', 'statements are separated by a new line or `;`'),
    (78, None, 'net'): ('expected `->` and the next layer, or the end of the statement', 'statements are separated by a new line or `;`'),
    (197, None, 'net'): ('expected `->` and the next layer, or the end of the statement', 'statements are separated by a new line or `;`'),
    (134, None, 'net'): ('expected the next layer after `->`', 'a layer is a width, such as 10, or an activation with a width, such as relu(10)'),
    (14, None, 'net'): ('expected the input width after `net`', 'for example: net 5 -> 2 -> 4'),
    (11, '=', 'loss'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (11, ':', 'loss'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (5, '=', 'bias'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (5, ':', 'bias'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (17, '=', 'require'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (10, '=', 'expect'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (10, ':', 'expect'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (18, '=', 'subject_to'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (16, '=', 'regularize'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (67, '=', 'data'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (67, ':', 'data'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (84, '=', 'regularize'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (84, ':', 'regularize'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (14, '=', 'net'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (14, ':', 'net'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (12, '=', 'map'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (12, ':', 'map'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (71, '<number>', 'loss'): ('a parameter of a loss stands in brackets', 'write loss huber(1)'),
    (11, None, 'loss'): ('expected the name of a loss', 'for example: loss squared'),
    (83, None, 'param'): ('a declaration has its sizes after `:`', 'write param W: n x k'),
    (65, None, 'const'): ('a declaration has its sizes after `:`', 'write param W: n x k'),
    (121, ',', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (79, ',', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (121, '*', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (79, '*', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (121, '*', 'const'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (79, '<name>', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (121, '<name>', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (136, '(', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (79, '<name>', 'const'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (45, '<name>', None): ('a product is written with `*`', 'write A * B, 2 * k'),
    (47, '<name>', None): ('a product is written with `*`', 'write A * B, 2 * k'),
    (146, '<name>', None): ('a product is written with `*`', 'write A * B, 2 * k'),
    (47, '(', None): ('a product is written with `*`', 'write A * B, 2 * k'),
    (111, '=', None): ('equality is written with one `=`', 'write k = 2'),
    (111, '>', None): ('greater or equal is written `>=`, less or equal `<=`', 'write k >= 2'),
    (111, '<', None): ('greater or equal is written `>=`, less or equal `<=`', 'write k >= 2'),
    (45, '->', 'assume'): ('`if` ... `then` is written with `not` and `or`', 'write assume not a >= 1 or b >= 1'),
    (47, '->', 'assume'): ('`if` ... `then` is written with `not` and `or`', 'write assume not a >= 1 or b >= 1'),
    (47, ',', 'assume'): ('constraints are joined by `and`, or stand in statements of their own', 'write assume a >= 1 and b >= 2'),
    (45, ',', 'assume'): ('constraints are joined by `and`, or stand in statements of their own', 'write assume a >= 1 and b >= 2'),
    (16, '<number>', 'regularize'): ('say which regulariser: `l2` or `l1`', 'for example: regularize l2 1/1000'),
    (212, ';', None): ('each row of a matrix is a list of its own', 'write [[1, 2], [3, 4]]'),
    (268, ';', None): ('each row of a matrix is a list of its own', 'write [[1, 2], [3, 4]]'),
    (259, ';', None): ('each row of a matrix is a list of its own', 'write [[1, 2], [3, 4]]'),
    (212, '<number>', None): ('the entries of a row are separated by commas', 'write [[1, 2], [3, 4]]'),
    (259, '<number>', None): ('the entries of a row are separated by commas', 'write [[1, 2], [3, 4]]'),
    (256, '[', None): ('the entries of a row are separated by commas', 'write [[1, 2], [3, 4]]'),
    (239, '<number>', None): ('the entries of a row are separated by commas', 'write [[1, 2], [3, 4]]'),
    (210, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (241, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (168, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (211, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (240, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (210, '(', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (210, '<string>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (244, None, None): ('expected another row after the comma', 'write [[1, 2], [3, 4]], without a comma before the last bracket'),
    (241, ']', None): ('expected another number after the comma', 'write [1, 2], without a comma before the last bracket'),
    (119, None, 'data'): ('expected a list of rows, or `file` and the name of a file in quotes', 'for example: data X = [[1, 0], [0, 1]] or data X = file "x.npy"'),
    (219, None, 'const'): ('expected a list of rows, or `file` and the name of a file in quotes', 'for example: data X = [[1, 0], [0, 1]] or data X = file "x.npy"'),
    (114, None, 'at'): ('expected a list of rows, or `file` and the name of a file in quotes', 'for example: data X = [[1, 0], [0, 1]] or data X = file "x.npy"'),
    (170, None, None): ('expected the name of the file in quotes', 'write file "x.npy"'),
    (62, None, None): ('expected the name of the file in quotes', 'write file "x.npy"'),
    (66, None, 'data'): ('expected `=` and a value, or a property such as full_row_rank', 'for example: data X full_row_rank, data Y = X, data X = [[1, 0], [0, 1]]'),
    (7, None, 'data'): ('expected what is known about the data: X, Y, samples, weights, ...', 'for example: data samples n, X full_row_rank'),
    (123, None, 'data'): ('expected what is known about the data: X, Y, samples, weights, ...', 'for example: data samples n, X full_row_rank'),
    (4, None, 'at'): ('expected the name of a matrix and `=`', 'for example: at W1 = [[1, 0]], W2 = [[1], [0]], or at file "weights.npz"'),
    (61, None, 'at'): ('expected the name of a matrix and `=`', 'for example: at W1 = [[1, 0]], W2 = [[1], [0]], or at file "weights.npz"'),
    (199, ';', 'allow'): ('a waiver ends on a day: `until` and year-month-day', 'write allow fails because "known" until 2027-01-31'),
    (199, 'tomorrow', 'allow'): ('a waiver ends on a day: `until` and year-month-day', 'write allow fails because "known" until 2027-01-31'),
    (235, '/', 'allow'): ('a waiver ends on a day: `until` and year-month-day', 'write allow fails because "known" until 2027-01-31'),
    (235, '<eof>', 'allow'): ('a waiver ends on a day: `until` and year-month-day', 'write allow fails because "known" until 2027-01-31'),
    (267, ';', 'allow'): ('a waiver ends on a day: `until` and year-month-day', 'write allow fails because "known" until 2027-01-31'),
    (42, None, 'allow'): ('a waiver gives its reason: `because` and a text in quotes', 'write allow fails because "known, tracked"'),
    (93, None, 'allow'): ('a waiver gives its reason: `because` and a text in quotes', 'write allow fails because "known, tracked"'),
    (70, '<name>', 'expect'): ('a theorem is named after `by`', 'write expect holds by linear-squared'),
    (13, None, 'model'): ('expected the name of the model: a word, or a text in quotes', 'write model autoencoder { ... } or model "my model" { ... }'),
    (75, None, 'model'): ('expected `{` and the statements of the model', 'write model autoencoder { net 5 -> 2; loss squared }'),
    (1, None, 'activation'): ('a custom activation is written with its argument: activation s(t) = ...', 'for example: activation s(t) = max(t, t/10)'),
    (40, None, 'activation'): ('a custom activation is written with its argument: activation s(t) = ...', 'for example: activation s(t) = max(t, t/10)'),
    (197, None, 'activation'): ('a custom activation is written with its argument: activation s(t) = ...', 'for example: activation s(t) = max(t, t/10)'),
    (8, None, 'declare'): ('`declare` names a function and its properties', 'for example: declare s strictly_monotone continuous'),
    (69, None, 'declare'): ('`declare` names a function and its properties', 'for example: declare s strictly_monotone continuous'),
    (125, None, 'declare'): ('`declare` names a function and its properties', 'for example: declare s strictly_monotone continuous'),
}
